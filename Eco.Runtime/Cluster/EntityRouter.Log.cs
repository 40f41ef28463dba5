using Microsoft.Extensions.Logging;

namespace Eco.Runtime.Cluster;

internal sealed partial class EntityRouter
{
    [LoggerMessage(3001, LogLevel.Debug, "frame {From} -> {To} #{SequenceNr}: {Result}; it is sent again")]
    private partial void FrameNotConfirmed(string from, string to, long sequenceNr, TransportResult result);

    [LoggerMessage(3009, LogLevel.Warning, "a frame from {From} to {To} was not sent: {Reason}")]
    private partial void FrameNotSent(string from, string to, string reason);
}
