# The image of Sallyport, of the files that `npm run image` made in dist/image/app. It prints the whole command.
# BASE needs Node 24 at /nodejs/bin/node, and user 65532. Name its digest where you build for others.
ARG BASE=gcr.io/distroless/nodejs24-debian13:nonroot
FROM ${BASE}
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="sallyport" \
      org.opencontainers.image.description="A Kubernetes access gate: nobody runs a command in a live workload without a request and a grant." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY dist/image/app/LICENSE dist/image/app/THIRD-PARTY-LICENSES dist/image/app/sallyport.mjs dist/image/app/sbom.cdx.json /app/
USER 65532
ENTRYPOINT ["/nodejs/bin/node", "/app/sallyport.mjs"]
