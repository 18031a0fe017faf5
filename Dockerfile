# The server alone; PostGIS comes from compose.yaml. Built in one stage for dependencies and build, one that runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc svelte.config.js vite.config.ts tsconfig.json ./
COPY src ./src
COPY api ./api
COPY tiles ./tiles
COPY static ./static
COPY scripts ./scripts
RUN npm ci && npm run build && npm prune --omit=dev --omit=optional

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
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://localhost:3000/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# --open: nobody signs in yet, so publish the port to loopback only, as compose.yaml does.
CMD ["node", "api/commands/start.ts", "--no-demo", "--open"]
