# A static binary in an empty image, run by nobody. Build it with:
#   docker build --build-arg VERSION=$(git describe --tags --always) -t namesake .
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/namesake . \
    && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/namesake /namesake
# The database's folder, and the only one that is written to.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
# GOMEMLIMIT is what the garbage collector keeps to: give the container a quarter more.
ENV NAMESAKE_ADDR=0.0.0.0:8080 GOMEMLIMIT=400MiB
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=5s --retries=3 CMD ["/namesake", "healthcheck"]
ENTRYPOINT ["/namesake"]
