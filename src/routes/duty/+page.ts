export const load = async ({ parent }) => {
  const { language } = await parent();
  await language.enter('dispatch');
};
