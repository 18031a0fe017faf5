# The server alone; PostGIS comes from compose.yaml. Built in one stage for dependencies and build, one that runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc svelte.config.js vite.config.ts tsconfig.json ./
COPY src ./src
COPY api ./api
COPY tiles ./tiles
COPY static ./static
COPY scripts ./scripts
# The image has its own Node. Other optional packages stay: argon2's native part is one.
RUN npm ci && npm run build && npm prune --omit=dev && rm -rf node_modules/node-*-x64 node_modules/node-*-arm64

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/build ./build
COPY --from=build /app/api ./api
COPY --from=build /app/tiles ./tiles
COPY --from=build /app/package.json ./package.json
COPY db ./db
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "require(process.env.TLS_CERT ? 'https' : 'http').get({ port: process.env.PORT, path: '/api/health', rejectUnauthorized: false }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# It starts with TLS_CERT and TLS_KEY, or with TRUST_PROXY when a proxy before it does TLS (compose.yaml).
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8", "api/commands/start.ts", "--no-demo"]
