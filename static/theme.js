// Runs before the first paint, so that a dark wall never flashes white; a file, because the
// Content-Security-Policy allows no inline script. The page's ThemeState takes over from here.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('shaodian.theme');
  } catch {
    // Storage may be switched off; then the system decides.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  try {
    if (localStorage.getItem('shaodian.language') === 'en') document.documentElement.lang = 'en';
  } catch {
    // As above: Chinese is what the page starts in.
  }
})();
