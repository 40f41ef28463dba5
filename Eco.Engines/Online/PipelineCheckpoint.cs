using System.Collections.Immutable;
using System.Security.Cryptography;
using Eco.Engines.Abstractions;
using Eco.Engines.Data;
using Eco.Engines.Online.Components;

namespace Eco.Engines.Online;

/// <summary>
/// A pipeline's state as bytes:
/// <code>
/// u32 magic "ECOP", u16 version, 32 bytes SHA-256 of the specification, i32 n, n × (text name, blob state), 32 bytes SHA-256 of all before
/// </code>
/// </summary>
internal static class PipelineCheckpoint
{
    private const uint Magic = 0x504F4345;
    private const ushort Version = 1;

    public static byte[] Write(PipelineSpec spec, ImmutableArray<(ComponentSpec Spec, OnlineComponent Component)> components)
    {
        StateWriter writer = new();
        writer.UInt32(Magic);
        writer.UInt16(Version);
        writer.Raw(HashOf(spec));
        writer.Int32(components.Length);
        foreach ((ComponentSpec component, OnlineComponent instance) in components)
        {
            StateWriter state = new();
            instance.Save(state);
            writer.Text(component.Name);
            writer.Blob(state.ToArray());
        }

        writer.Raw(SHA256.HashData(writer.ToArray()));
        return writer.ToArray();
    }

    public static void Read(PipelineSpec spec, ImmutableArray<(ComponentSpec Spec, OnlineComponent Component)> components, ReadOnlySpan<byte> checkpoint)
    {
        int end = checkpoint.Length - SHA256.HashSizeInBytes;
        if (end < 0 || !SHA256.HashData(checkpoint[..end]).AsSpan().SequenceEqual(checkpoint[end..]))
        {
            throw new PipelineException($"the checkpoint of {checkpoint.Length} bytes is damaged: its hash does not fit");
        }

        StateReader reader = new(checkpoint[..end], "the checkpoint");
        uint magic = reader.UInt32();
        ushort version = reader.UInt16();
        if (magic != Magic || version != Version)
        {
            throw reader.Damaged($"it is no checkpoint of this engine's version {Version}");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < hash.Length; i++)
        {
            hash[i] = reader.Byte();
        }

        if (!hash.SequenceEqual(HashOf(spec)))
        {
            throw new PipelineException("the checkpoint belongs to a pipeline with another specification; start without it");
        }

        int count = reader.Count(8);
        if (count != components.Length)
        {
            throw reader.Damaged($"it holds {count} components, the pipeline has {components.Length}");
        }

        foreach ((ComponentSpec component, OnlineComponent instance) in components)
        {
            string name = reader.Text();
            if (name != component.Name)
            {
                throw reader.Damaged($"component '{name}' stands where '{component.Name}' belongs");
            }

            StateReader state = new(reader.Blob(), $"the checkpoint of component '{name}'");
            instance.Load(ref state);
            state.End();
        }

        reader.End();
    }

    private static byte[] HashOf(PipelineSpec spec)
    {
        StateWriter writer = new();
        foreach (ComponentSpec component in spec.Components)
        {
            writer.Text(component.Name);
            writer.Text(component.Type);
            writer.Int32(component.Inputs.Count);
            foreach ((string port, PortReference source) in component.Inputs)
            {
                writer.Text(port);
                writer.Text(source.ToString());
            }

            writer.Int32(component.Settings.Count);
            foreach ((string name, string value) in component.Settings)
            {
                writer.Text(name);
                writer.Text(value);
            }
        }

        return SHA256.HashData(writer.ToArray());
    }
}
