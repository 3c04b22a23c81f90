using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>A name or digest of an image in <c>repositories.json</c>, whether the image is there or not.</summary>
/// <remarks>Immutable and thread-safe. Source: observed on Docker 20.10.</remarks>
/// <param name="Name">The name, for example <c>app:1</c>, or <c>app@sha256:…</c>.</param>
/// <param name="ImageId">The id of the image it stands for, for example <c>sha256:6de8…</c>; empty where the entry holds none.</param>
public sealed record DockerRepositoryName(ByteString Name, ByteString ImageId);
