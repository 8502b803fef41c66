# Kernels are compiled here, the service is bundled, and Node's compile cache is filled; nothing of this stage but their files goes on.
FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node src/core/kernels/build.ts && node src/bundle.ts
# The service starts here once, so that a start on a read-only file system finds its modules compiled. Node keeps a cache apart for each user, V8 flags and kind of processor: the same user and flags as below.
RUN install -d -o node build/compile-cache
USER node
ENV NODE_COMPILE_CACHE=build/compile-cache
RUN PORT=8080 PRELOAD=all LOG_LEVEL=warn node --max-semi-space-size=2 --initial-old-space-size=64 build/service/server.js & \
  timeout 60 sh -c 'until node --eval "fetch(\"http://127.0.0.1:8080/readyz\").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"; do sleep 0.2; done' \
  && kill $! && wait $!

# The image brings Node: the npm package of that name, for machines with an older one, has nothing to install.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:26-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 NODE_COMPILE_CACHE=build/compile-cache
# as npm start: freed weights and large pictures go back to the system instead of lying about in malloc's arenas
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=262144 MALLOC_TRIM_THRESHOLD_=262144
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/build/kernels build/kernels
COPY --from=build /app/build/service build/service
# Node writes its cache for its own user alone
COPY --from=build --chown=node:node /app/build/compile-cache build/compile-cache
COPY package.json openapi.yaml ./
COPY models models
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "--input-type=module", "--eval", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT}/readyz`); process.exit(ok ? 0 : 1)"]
# as npm start: young garbage is collected in small steps, and the rest not before 64 MB of it, pictures and maps included
CMD ["node", "--max-semi-space-size=2", "--initial-old-space-size=64", "build/service/server.js"]
