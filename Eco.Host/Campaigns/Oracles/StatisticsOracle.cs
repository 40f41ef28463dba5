using System.Globalization;
using Eco.Actors.Agents;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;
using Eco.Runtime.Simulation;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I7: what an agent has produced is what the server has, what the agent still holds beyond that, and what it has counted as dropped; of each
/// priority, what it has recorded is what it holds, what it has freed and what it has dropped. Looked at whenever a statistics store is used.
/// </summary>
/// <param name="agentStore">What an agent's disk holds.</param>
/// <param name="serverStore">What the servers' disk holds.</param>
internal sealed class StatisticsOracle(Func<string, SimulatedStatisticsStorage> agentStore, Func<SimulatedStatisticsStorage> serverStore) : Oracle
{
    private static readonly StatisticPriority[] Priorities = Enum.GetValues<StatisticPriority>();
    private readonly Dictionary<string, long> _incarnations = new(StringComparer.Ordinal);

    public override string Name => "I7 statistics";

    public override void Committed(JournalCommit commit)
    {
        foreach (JournalEvent e in commit.Request.Events)
        {
            if (e.Manifest == "agent.incarnation-given/1")
            {
                _incarnations[commit.Database] = ((IncarnationGiven)commit.Events[commit.Request.Events.IndexOf(e)]).Incarnation;
            }
        }
    }

    public override void Erased(string host) => _incarnations.Remove(host);

    public override void Statistics(string agent)
    {
        SimulatedStatisticsStorage own = agentStore(agent);
        (long upTo, long rows) = _incarnations.TryGetValue(agent, out long incarnation)
            ? serverStore().PositionOf(agent, incarnation)
            : (0, 0);
        long beyond = own.BufferedAfter(upTo);
        long lost = own.Recorded - rows - beyond;

        // A row that is dropped before the server's word for it has come back counts although nothing is lost: never too few, perhaps too many.
        if (lost < 0 || lost > own.Dropped)
        {
            Violate(string.Create(
                CultureInfo.InvariantCulture,
                $"{agent} has produced {own.Recorded} rows; the server has {rows} up to number {upTo}, {beyond} are held beyond that, {own.Dropped} are counted as dropped"));
        }

        foreach (StatisticPriority priority in Priorities)
        {
            (long recorded, long buffered, long freed, long dropped) = own.AccountOf(priority);
            if (recorded != buffered + freed + dropped)
            {
                Violate(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{agent} has recorded {recorded} rows of priority {priority}: {buffered} are held, {freed} were freed and {dropped} dropped"));
            }
        }
    }
}
