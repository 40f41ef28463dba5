using Eco.Host.Benchmarks.Cluster;
using NUnit.Framework;

namespace Eco.Tests.Benchmarks;

/// <summary>How the memory of an agent's process is read.</summary>
public sealed class ResidentMemoryTests
{
    [Test]
    public void Parse_WhenGivenTheSystemsText_TellsAllAndWhatIsItsOwn() =>
        Assert.That(
            ResidentMemory.Parse("Name:\tEco.Host\nVmRSS:\t   61684 kB\nRssAnon:\t   12436 kB\nRssFile:\t   36148 kB\nRssShmem:\t   13100 kB\n"),
            Is.EqualTo(new ResidentMemory(61_684 * 1024, 25_536 * 1024)));

    [Test]
    [Platform("Linux")]
    public void Of_WhenAskedForThisProcess_IsWhatTheRuntimeSays() =>
        Assert.That(ResidentMemory.Of(Environment.ProcessId).Bytes, Is.EqualTo(Environment.WorkingSet).Within(25).Percent);
}
