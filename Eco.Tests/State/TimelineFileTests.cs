using Eco.Actors.Timeline;
using Eco.Actors.Timeline.Sql;
using Eco.Host.State;
using Eco.Runtime.Persistence;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.State;

public sealed class TimelineFileTests
{
    [Test]
    public void Open_WhenTheFileIsNoDatabase_PutsItAsideAndStartsEmpty()
    {
        string folder = Directory.CreateTempSubdirectory("eco-timeline-").FullName;
        string path = Path.Combine(folder, "timeline.db");
        File.WriteAllText(path, "garbage");

        using (TimelineDatabase database = TimelineFile.Open(path, NullLogger.Instance))
        {
            database.Apply(
                [new ProjectedEvent(1, new HybridTimestamp(1, 0, "s"), [new EventNoted("k", null, null, null, "")])], [new PartitionPosition(0, 0)], [new PartitionPosition(0, 1)]);
        }

        using (TimelineDatabase again = TimelineFile.Open(path, NullLogger.Instance))
        {
            Assert.That(again.Offsets(), Is.EqualTo(new[] { new PartitionPosition(0, 1) }));
        }

        Assert.That(File.ReadAllText(path + ".damaged"), Is.EqualTo("garbage"));
        Directory.Delete(folder, recursive: true);
    }
}
