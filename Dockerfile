# Keelson's images for any builder that reads Dockerfiles.
#
#   docker build --build-arg IMAGE=kube-proxy-mini -t kube-proxy-mini .
#
# Runs `make images` on a Debian image pinned by digest and copies the root file
# system of one image to scratch.  `make images` decides what is compiled and
# how, so with the same compiler the programs are equal bit by bit; the layout
# with SBOM and referrers is in dist/ of the first stage.
#
#   BASE           the Debian to build on, by digest
#   IMAGE          static, checkpoint-agent, kube-proxy-mini or pause
#   SOURCE_MIRROR  where to look for sources first
#   JOBS           compilers at a time
ARG BASE=debian:bookworm-20250721-slim@sha256:2424c1850714a4d94666ec928e24d86de958646737b1d113f5b2207be44d37d8
ARG IMAGE=static

FROM ${BASE} AS build
ARG IMAGE
ARG JOBS
ARG SOURCE_MIRROR
WORKDIR /keelson
COPY . .
RUN command -v make > /dev/null || { apt-get update -q && \
    apt-get install -y -q --no-install-recommends make; }
RUN make images ${JOBS:+JOBS=${JOBS}} SOURCE_MIRROR="${SOURCE_MIRROR:-}"
RUN static-build/unpack-image dist/${IMAGE}.tar /rootfs

# How each image runs, as in images/NAME.yaml; tests/lint/dockerfile compares.
FROM scratch AS static
COPY --from=build /rootfs/ /
COPY --from=build --chown=65532:65532 /rootfs/home/nonroot/ /home/nonroot/
ENV PATH=/bin:/usr/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
LABEL org.opencontainers.image.title="Keelson static base" \
      org.opencontainers.image.description="Base for static programs with CA certificates and time zones"

FROM scratch AS checkpoint-agent
COPY --from=build /rootfs/ /
ENV PATH=/bin
USER 0:0
ENTRYPOINT ["/bin/checkpoint-agent"]
CMD ["serve"]
LABEL org.opencontainers.image.title="Keelson checkpoint-agent" \
      org.opencontainers.image.description="Checkpoints containers of a node by CRIU, over HTTPS"

FROM scratch AS kube-proxy-mini
COPY --from=build /rootfs/ /
ENV PATH=/bin
USER 0:0
ENTRYPOINT ["/bin/kube-proxy-mini"]
LABEL org.opencontainers.image.title="Keelson kube-proxy-mini" \
      org.opencontainers.image.description="Service proxy for a node, with a constant nftables ruleset"

FROM scratch AS pause
COPY --from=build /rootfs/ /
USER 65535:65535
ENTRYPOINT ["/pause"]
LABEL org.opencontainers.image.title="Keelson pause" \
      org.opencontainers.image.description="Holds the namespaces of a pod"

FROM ${IMAGE}
WORKDIR /
