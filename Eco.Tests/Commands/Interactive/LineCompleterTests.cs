using Eco.Host.Commands;
using Eco.Host.Commands.Interactive;
using Eco.Host.ConsoleSocket;
using Eco.Host.Output;
using NUnit.Framework;

namespace Eco.Tests.Commands.Interactive;

public sealed class LineCompleterTests
{
    private static readonly KnownNames Names = new(["figure-4", "fraud"], ["cloud", "edge-1"], ["fraud/merge.model@3"]);

    [TestCase("vers", "version")]
    [TestCase("wat", "watch")]
    [TestCase("ion s", "show", "submit")]
    [TestCase("ion show f", "figure-4", "fraud")]
    [TestCase("ion show figure-4 ")]
    [TestCase("timeline --a", "--agent")]
    [TestCase("timeline --agent ", "cloud", "edge-1")]
    [TestCase("timeline --ion=")]
    [TestCase("agents --format j", "json")]
    [TestCase("--verbose ion show fr", "fraud")]
    [TestCase("who-has fr", "fraud/merge.model@3")]
    [TestCase("approve fraud f", "fraud/merge.model@3")]
    [TestCase("nonsense x")]
    public void Complete_WhenALineIsBegun_OffersWhatFits(string line, params string[] expected)
    {
        var io = new ConsoleIo(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false, 80, false);
        var services = new CommandServices(io, TimeProvider.System, new CommandHarness.FakeRunner(), new ConsoleSocketOptions(), HandleSignals: false);
        var completer = new LineCompleter(new EcoCommandLine(services).Root, ["watch"], () => Names);

        Assert.That(completer.Complete(line), Is.EqualTo(expected));
    }
}
