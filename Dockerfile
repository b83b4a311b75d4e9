# The service in two stages: built with everything, run with what it needs (about 150 MB of packages).
FROM node:24-slim AS build
WORKDIR /leadloop
COPY package.json package-lock.json .npmrc ./
COPY scoring-service/package.json scoring-service/
RUN npm ci --workspace scoring-service --include-workspace-root --ignore-scripts
COPY tsconfig.base.json ./
COPY scoring-service scoring-service
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4100 DATABASE_URL=sqlite:/data/leadloop.db
WORKDIR /leadloop
COPY package.json package-lock.json .npmrc ./
COPY scoring-service/package.json scoring-service/
RUN npm ci --omit=dev --workspace scoring-service --ignore-scripts && npm cache clean --force
COPY --from=build /leadloop/scoring-service/dist scoring-service/dist
COPY scoring-service/bin scoring-service/bin
COPY scoring-service/src/dashboard/assets scoring-service/src/dashboard/assets
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 4100
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
  ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "scoring-service/bin/leadloop.js", "serve"]
