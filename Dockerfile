# Kernels are compiled here; nothing of this stage but their files goes on.
FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node src/core/kernels/build.ts
# the types are stripped once and for all; a start on a read-only file system then only reads
RUN NODE_COMPILE_CACHE=/app/build/compile-cache node src/openapi.ts --check

# The image brings Node: the npm package of that name, for machines with an older one, has nothing to install.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:26-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
# as npm start: freed weights and pictures go back to the system instead of lying about in malloc's arenas
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/build build
COPY package.json openapi.yaml ./
COPY models models
COPY routes routes
COPY src src
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "--input-type=module", "--eval", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/readyz`); process.exit(ok ? 0 : 1)"]
CMD ["node", "--max-semi-space-size=8", "src/server.ts"]
