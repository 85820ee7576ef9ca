# Both images, from a registry's point of view: docker build --target operator . and docker build --target authserver .
# `make images` writes the same programs without Docker; the flags here are those of hack/build.mk.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY api api
COPY authserver authserver
COPY controllers controllers
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
RUN CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/ ./controllers/cmd/operator ./authserver/cmd/authserver

FROM scratch AS base
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532

FROM base AS operator
COPY --from=build /out/operator /operator
ENTRYPOINT ["/operator"]

FROM base AS authserver
COPY --from=build /out/authserver /authserver
ENTRYPOINT ["/authserver"]
