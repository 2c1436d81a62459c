import { defineConfig, type Plugin } from "vite";

// Where the API answers during development.
const api = process.env["API_URL"] ?? "http://127.0.0.1:3000";

// react-aria brings its sentences in 34 languages, which is a fifth of the first load. The interface speaks English.
const onlyEnglish: Plugin = {
  name: "only-english",
  enforce: "pre",
  load(id) {
    const foreign =
      /\/react-(aria|aria-components|stately)\/dist\/private\/intl\/.+\/(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/.test(id);
    return foreign ? `export { default } from "./en-US.mjs";` : null;
  },
};

export default defineConfig({
  plugins: [onlyEnglish],
  server: {
    proxy: {
      "/api": { target: api },
      "/ws": { target: api, ws: true },
    },
  },
  build: {
    target: "es2022",
    // Inlined files would be data: URLs, and the content security policy allows none for scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
});
