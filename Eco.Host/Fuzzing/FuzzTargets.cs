using System.Collections.Immutable;
using Eco.Host.Commands;
using Eco.Host.Fuzzing.Targets;

namespace Eco.Host.Fuzzing;

/// <summary>The parsers of whatever comes from outside: files, networks, disks and keyboards.</summary>
internal static class FuzzTargets
{
    private static readonly Lazy<FuzzCorpus> Recorded = new(FuzzCorpus.Record);

    private static readonly ImmutableArray<(string Name, Func<CommandServices, IFuzzTarget> Make)> All =
    [
        ("hocon", _ => new HoconTarget()),
        ("ion", _ => new IonTarget()),
        ("frames", _ => new FrameTarget(Recorded.Value)),
        ("journal", _ => new JournalTarget(Recorded.Value)),
        ("command-line", services => new CommandLineTarget(services)),
        ("snapshot", _ => new SnapshotTarget(Recorded.Value)),
    ];

    /// <summary>As they are typed.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(target => target.Name)];

    /// <summary>Makes one for use; its owner disposes it.</summary>
    public static IFuzzTarget Make(string name, CommandServices services) => All.First(target => target.Name == name).Make(services);
}
