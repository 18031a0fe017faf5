export const load = async ({ parent }) => {
  const { language } = await parent();
  await Promise.all([language.enter('dispatch'), language.enter('alerts')]);
};
