using System.Text;
using System.Text.RegularExpressions;
using Eco.Actors;
using Eco.Actors.Agents;
using Eco.Runtime.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Documentation;

/// <summary>docs/wire-protocol.md describes the frames and manifests that there are.</summary>
public sealed partial class WireProtocolPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "wire-protocol.md"));

    [Test]
    public void Manifests_WhenGrouped_AreTheGroupsOfThePage()
    {
        int start = Page.IndexOf("## Manifests", StringComparison.Ordinal);
        string section = Page[start..Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];

        Assert.That(
            Group().Matches(section).Select(row => row.Groups[1].Value),
            Is.EquivalentTo(EcoManifests.Registry.Manifests.Select(manifest => manifest[..manifest.IndexOf('.', StringComparison.Ordinal)]).Distinct()));
    }

    [Test]
    public void Manifests_WhenThePageNamesThem_AreRegistered()
    {
        string[] named = [.. Manifest().Matches(Page).Select(match => match.Value).Distinct()];

        Assert.That(named, Has.Length.GreaterThan(4));
        Assert.That(named.Except(EcoManifests.Registry.Manifests), Is.Empty);
    }

    [Test]
    public void Frame_WhenReadFromThePage_IsTheMessageItShows()
    {
        Frame frame = FrameCodec.Decode(Encoding.UTF8.GetBytes(Example().Match(Page).Value));

        Assert.That(frame.Kind, Is.EqualTo(FrameKind.Message));
        Assert.That(EcoManifests.Registry.Decode(frame.Manifest!, frame.Payload), Is.EqualTo(new PauseNode("factory", "edge")));
        Assert.That(FrameCodec.Encode(frame), Is.EqualTo(Encoding.UTF8.GetBytes(Example().Match(Page).Value)));
    }

    [GeneratedRegex(@"^\| `([a-z]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Group();

    [GeneratedRegex(@"(?<=[`""])[a-z]+\.[a-z-]+/\d+(?=[`""])")]
    private static partial Regex Manifest();

    [GeneratedRegex(@"^\{""k"":.*\}$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
