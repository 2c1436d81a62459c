import { defineConfig } from "vite";

// Where the API answers during development: the mock of dev/mock.mjs, or a real web service.
const api = process.env["API_URL"] ?? "http://127.0.0.1:5190";

export default defineConfig({
  server: {
    proxy: {
      "/api": { target: api, changeOrigin: true },
      "/ws": { target: api, ws: true, changeOrigin: true },
    },
  },
  // The content security policy allows no data: scripts or styles, and small files gain nothing from inlining.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, manifest: true },
  test: { include: ["test/**/*.test.ts"] },
});
