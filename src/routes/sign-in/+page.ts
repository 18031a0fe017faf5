export const load = async ({ parent, url }) => {
  const { language } = await parent();
  // The sentences about refusals are not needed by whoever comes to sign in.
  if (url.searchParams.has('refused')) await language.enter('account');
};
