# The bot alone: its PostgreSQL is another container (compose.yaml) or yours, by DATABASE_URL.

FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional dependencies stay out on purpose: the embedded PostgreSQL (here there is a real one) and a second Node.
# No production dependency needs its install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-slim
# HTTP_PORT is where the health check below asks.
ENV NODE_ENV=production HTTP_PORT=8080
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY migrations ./migrations
COPY commands ./commands
COPY src ./src
USER node
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without npm and a shell in between, SIGTERM reaches the bot itself.
CMD ["node", "src/main.ts"]
