# Keelson's images by any builder that reads Dockerfiles.
#
#   docker build --build-arg IMAGE=kube-proxy-mini -t kube-proxy-mini .
#
# Runs `make images` on a Debian of a stated day and puts the root file system
# of one image on scratch.  What is compiled and how is `make images`' own
# affair, so the programs are the same to the bit where the compiler is; the
# layout with SBOM and referrers is in dist/ of the first stage.
#
#   BASE           the Debian to build on, by digest
#   IMAGE          static, checkpoint-agent, kube-proxy-mini or pause
#   SOURCE_MIRROR  where else to look for sources
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

# How each image runs; the same as images/NAME.yaml says.
FROM scratch AS static
COPY --from=build /rootfs/ /
COPY --from=build --chown=65532:65532 /rootfs/home/nonroot/ /home/nonroot/
ENV PATH=/bin:/usr/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532

FROM scratch AS checkpoint-agent
COPY --from=build /rootfs/ /
ENV PATH=/bin
ENTRYPOINT ["/bin/checkpoint-agent"]
CMD ["serve"]

FROM scratch AS kube-proxy-mini
COPY --from=build /rootfs/ /
ENV PATH=/bin
ENTRYPOINT ["/bin/kube-proxy-mini"]

FROM scratch AS pause
COPY --from=build /rootfs/ /
USER 65535:65535
ENTRYPOINT ["/pause"]

FROM ${IMAGE}
WORKDIR /
