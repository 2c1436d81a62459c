// Starts the interface.
import { createRoot } from "react-dom/client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import "./styles/base.css";
import { readAgainMs } from "./api/files";
import { ApiError } from "./api/http";
import { App } from "./App";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only what may pass is tried again, and what has a time of its own not before that.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status < 500) && readAgainMs(error) === false,
      staleTime: 5_000,
    },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <QueryClientProvider client={client}>
    <App />
  </QueryClientProvider>,
);
