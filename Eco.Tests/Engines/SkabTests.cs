using Eco.Engines.Online.Experiments;
using NUnit.Framework;

namespace Eco.Tests.Engines;

[TestFixture]
public sealed class SkabTests
{
    [Test]
    public void Federated_WhenOnValveRecordings_FindsMoreThanLocalModels()
    {
        string? folder = Folder();
        if (folder is null)
        {
            Assert.Ignore("the SKAB recordings are not here: set ECO_DATA to a folder with streams/skab, or keep one at ../shared/data beside the repository");
        }

        AnomalyWorkload workload = new() { Files = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(folder, $"valve1_{i}.csv"))] };
        AnomalyFigures local = AnomalyBaselines.Local(workload);
        AnomalyFigures federated = AnomalyBaselines.Federated(workload);
        AnomalyFigures pooled = AnomalyBaselines.Pooled(workload);
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"F1 / AUC: local {local.F1:F3} / {local.Auc:F3}, federated {federated.F1:F3} / {federated.Auc:F3}, pooled {pooled.F1:F3} / {pooled.Auc:F3}"));
        Assert.That(federated.F1, Is.GreaterThan(local.F1));
        Assert.That(federated.Auc, Is.GreaterThan(0.7));
    }

    private static string? Folder()
    {
        List<string> candidates = [];
        if (Environment.GetEnvironmentVariable("ECO_DATA") is { Length: > 0 } data)
        {
            candidates.Add(Path.Combine(data, "streams", "skab"));
        }

        for (string? folder = TestContext.CurrentContext.TestDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            candidates.Add(Path.Combine(folder, "shared", "data", "streams", "skab"));
        }

        return candidates.Find(folder => File.Exists(Path.Combine(folder, "valve1_3.csv")));
    }
}
