using System.Text.Json.Serialization;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Snapshots;

/// <summary>A store in a snapshot file: an object with one member, named after the kind of store.</summary>
[JsonConverter(typeof(LayerStoreFileConverter))]
internal sealed record LayerStoreFile(ILayerStore Store);
