namespace Eco.Runtime.Persistence.Journals;

/// <summary>How those who asked to read are told that it failed.</summary>
internal static class JournalReads
{
    /// <summary>The answer to a read that failed.</summary>
    public static object Failure(object request, string message, JournalDamage? damage = null) => request switch
    {
        RecoverRequest r => new RecoveryFailed(r.CorrelationId, message, damage),
        ReadEvents r => new ReadFailed(r.CorrelationId, message, damage),
        ListEntities r => new ReadFailed(r.CorrelationId, message, damage),
        ReadOwnerships r => new ReadFailed(r.CorrelationId, message, damage),
        ReadParkedMessages r => new ReadFailed(r.CorrelationId, message, damage),
        _ => throw new ArgumentException($"{request.GetType().Name} is no read"),
    };
}
