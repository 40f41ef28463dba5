using System.Globalization;
using Eco.Host.Chaos;
using Eco.Host.Fleet;
using Eco.Host.Output;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Chaos;

/// <summary>Two minutes of <c>eco chaos</c>.</summary>
[Category("Cluster")]
public sealed class ChaosRunTests
{
    // Of what a machine with nothing else to do handles; how much it is on that one the command says, not a test beside others.
    private const double LeastMessages = 1_000;

    [Test]
    [Category("Slow")]
    public async Task Cluster_WhenMuchBefallsItForTwoMinutes_LosesAndRepeatsNothing()
    {
        if (!PackageTools.IsRoot)
        {
            Assert.Ignore("only root may make network namespaces");
            return;
        }

        string folder = Path.Combine(Path.GetTempPath(), "eco-chaos-test-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        try
        {
            FiguresReport report = await Eventually.CompletesAsync(
                "two minutes of chaos",
                ChaosRun.RunAsync(new ChaosOptions(2, 1), folder, TimeProvider.System, TestContext.Out.WriteLine, CancellationToken.None),
                TimeSpan.FromMinutes(8));

            foreach ((string name, Figure figure) in report.Figures)
            {
                TestContext.Out.WriteLine($"{name} {figure}");
            }

            var figures = report.Figures.ToDictionary(entry => entry.Name, entry => entry.Figure);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(figures["lost"].Value, Is.Zero);
                Assert.That(figures["duplicate-effects"].Value, Is.Zero);
                Assert.That(figures["stale-commands-applied"].Value, Is.Zero);
                Assert.That(figures["kills"].Met, Is.True, $"{figures["kills"]}");
                Assert.That(figures["crash-points"].Value, Is.Positive);
                Assert.That(figures["takeover-after-kill-max-ms"].Met, Is.True, $"{figures["takeover-after-kill-max-ms"]}");
                Assert.That(figures["takeover-after-cut-max-ms"].Met, Is.True, $"{figures["takeover-after-cut-max-ms"]}");
                Assert.That(figures["confirmed-messages"].Value, Is.GreaterThan(LeastMessages));
            }
        }
        finally
        {
            EcoFleet.Remove(folder);
        }
    }
}
