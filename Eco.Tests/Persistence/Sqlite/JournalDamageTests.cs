using System.Globalization;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>Flipped bits and cut files: never a shorter or other journal without an error that has a name.</summary>
[TestFixture]
[Category("Slow")]
public sealed class JournalDamageTests
{
    private JournalDamageCampaign _campaign = null!;

    [SetUp]
    public async Task Prepare()
    {
        _campaign = new JournalDamageCampaign();
        await _campaign.PrepareAsync();
    }

    [TearDown]
    public void Remove() => _campaign.Dispose();

    [Test]
    public Task Journal_WhenAnyOf1000BitsIsFlipped_ComesBackWholeOrWithANamedError() => FlipAsync(1, 1_000);

    [Test]
    [Explicit("a minute: for releases")]
    public Task Journal_WhenAnyOf10000BitsIsFlipped_ComesBackWholeOrWithANamedError() => FlipAsync(20_261_121, 10_000);

    [Test]
    public async Task Journal_WhenItIsCutAtAny512Bytes_ComesBackWholeOrWithANamedError()
    {
        foreach (JournalDamageCampaign.Image image in new[] { _campaign.Closed, _campaign.Killed })
        {
            for (int kept = 0; kept < image.Journal.Length; kept += 512)
            {
                await _campaign.RunAsync($"journal cut to {kept}", image with { Journal = image.Journal[..kept] }, kept % 1_024 == 0);
            }

            for (int kept = 0; kept < image.Log.Length; kept += 512)
            {
                await _campaign.RunAsync($"log cut to {kept}", image with { Log = image.Log[..kept] }, kept % 1_024 == 0);
            }
        }

        Report();
    }

    private async Task FlipAsync(int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            JournalDamageCampaign.Image image = random.Next(2) == 0 ? _campaign.Closed : _campaign.Killed;
            bool checkPages = random.Next(2) == 0;
            int which = random.Next(10);
            (string what, byte[] file) = which == 0 ? ("head", image.Head) : which < 5 && image.Log.Length > 0 ? ("log", image.Log) : ("journal", image.Journal);
            byte[] damaged = [.. file];
            int at = random.Next(file.Length);
            int bit = random.Next(8);
            damaged[at] ^= (byte)(1 << bit);
            await _campaign.RunAsync(
                string.Create(CultureInfo.InvariantCulture, $"{what} byte {at} bit {bit}, pages {(checkPages ? "checked" : "unchecked")} (seed {seed}, case {i})"),
                what == "head" ? image with { Head = damaged } : what == "log" ? image with { Log = damaged } : image with { Journal = damaged },
                checkPages);
        }

        Report();
    }

    private void Report()
    {
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_campaign.Cases} cases: {_campaign.Outcomes}"));
        Assert.That(_campaign.Violations, Is.Empty);
    }
}
