using Eco.Runtime.Actors;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Campaigns.Workload;

/// <summary>A statistics store that says for whom it is used.</summary>
internal sealed class ObservedStatistics(IStatisticsStore inner, string host, Action<string> used) : IStatisticsStore
{
    public void Record(RecordStatistics request, IActorRef replyTo)
    {
        used(host);
        inner.Record(request, replyTo);
    }

    public void ReadAfter(ReadStatisticsAfter request, IActorRef replyTo)
    {
        used(host);
        inner.ReadAfter(request, replyTo);
    }

    public void AcknowledgeUpTo(AcknowledgeStatistics request, IActorRef replyTo)
    {
        used(host);
        inner.AcknowledgeUpTo(request, replyTo);
    }

    public void Ingest(IngestStatistics request, IActorRef replyTo)
    {
        used(request.Agent);
        inner.Ingest(request, replyTo);
    }

    public void Latest(QueryLatestStatistics request, IActorRef replyTo) => inner.Latest(request, replyTo);
}
