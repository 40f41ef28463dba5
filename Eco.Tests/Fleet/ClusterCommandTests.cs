using Eco.Host.Commands;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Fleet;

/// <summary>What <c>eco up</c> and <c>eco down</c> answer to wrong input, before they start anything.</summary>
public sealed class ClusterCommandTests
{
    private string _state = null!;

    [SetUp]
    public void MakeFolder() => _state = Path.Combine(Path.GetTempPath(), "eco-up-" + TestContext.CurrentContext.Test.ID);

    [TearDown]
    public void RemoveFolder()
    {
        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, recursive: true);
        }
    }

    [TestCase("--agents 0", "--agents '0' is not a whole number from 1 to 4096")]
    [TestCase("--servers 17", "--servers '17' is not a whole number from 1 to 16")]
    [TestCase("--brokers 2", "--brokers '2' is neither 1 nor 3")]
    [TestCase("--network wifi", "--network 'wifi' is neither 'loopback' nor 'namespaces'")]
    [TestCase("--agents-per-process 65", "--agents-per-process '65' is not a whole number from 1 to 64")]
    public async Task Up_WhenGivenNonsense_SaysWhatWouldBeRightAndMakesNothing(string options, string cause)
    {
        EcoResult result = await EcoInProcess.RunAsync(["up", .. options.Split(' '), "--state", _state]);

        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.Usage), result.ToString());
        Assert.That(result.ErrorLines[0], Does.Contain(cause));
        Assert.That(result.ErrorLines, Has.Length.EqualTo(2));
        Assert.That(Directory.Exists(_state), Is.False);
    }

    [Test]
    public async Task Down_WhenThereIsNoCluster_SaysSo()
    {
        EcoResult result = await EcoInProcess.RunAsync("down", "--state", _state);

        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.State));
        Assert.That(result.Error, Does.Contain("has no cluster"));
    }

    [Test]
    public async Task Up_WhenItsFileIsDamaged_NamesIt()
    {
        Directory.CreateDirectory(_state);
        await File.WriteAllTextAsync(Path.Combine(_state, "fleet.json"), "{");

        EcoResult result = await EcoInProcess.RunAsync("up", "--state", _state);

        Assert.That(result.ExitCode, Is.EqualTo(ExitCodes.State));
        Assert.That(result.ErrorLines[0], Does.Contain("fleet.json' cannot be read"));
    }
}
