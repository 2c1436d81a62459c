// Sets the chosen theme before the first paint. Not part of the bundle, because modules run too late for that.
try {
  const theme = localStorage.getItem("pagespace.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; the system's theme is a good answer then.
}
