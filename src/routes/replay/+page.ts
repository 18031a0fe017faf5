export const load = async ({ parent }) => {
  const { language } = await parent();
  // Steps of incidents are called as where they are written.
  await Promise.all([language.enter('replay'), language.enter('record')]);
};
