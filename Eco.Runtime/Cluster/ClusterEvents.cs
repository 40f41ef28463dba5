using System.Security.Cryptography;
using System.Text;
using System.Globalization;

namespace Eco.Runtime.Cluster;

/// <summary>On the event stream: a host's router runs; a host that shares its database with no other has all its partitions as well.</summary>
/// <param name="Address">The host.</param>
/// <param name="Router">Its router.</param>
public sealed record EntityHostReady(string Address, Actors.IActorRef Router);

/// <summary>On the event stream: a host cannot start, or an identity that only one host may have was taken over by another.</summary>
public sealed record EntityHostFailed(string Address, string Reason);

/// <summary>On the event stream: a partition runs on this host.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="OwnerEpoch">The claim under which it runs.</param>
/// <param name="Host">The host's writer id.</param>
public sealed record PartitionActivated(int Partition, long OwnerEpoch, string Host);

/// <summary>On the event stream: another host's claim was found; the partition's entities stop here without a trace.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="OwnerEpoch">The claim that is over.</param>
/// <param name="Host">The host that has lost it.</param>
/// <param name="Reason">How it was found.</param>
public sealed record PartitionFenced(int Partition, long OwnerEpoch, string Host, string Reason);

/// <summary>On the event stream: a partition was given up, for balance or with its subscription.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="OwnerEpoch">The claim that is over.</param>
/// <param name="Host">The host that had it.</param>
/// <param name="Reason">Why.</param>
public sealed record PartitionReleased(int Partition, long OwnerEpoch, string Host, string Reason);

/// <summary>On the event stream: a partition runs here that another host had before.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="OwnerEpoch">The claim under which it runs now.</param>
/// <param name="Host">The host that has it.</param>
/// <param name="Former">The host that had it.</param>
public sealed record ServerTakeover(int Partition, long OwnerEpoch, string Host, string Former);

/// <summary>On the event stream: a frame that can never be applied was given up.</summary>
/// <param name="Address">Where it came in, or whence it should have gone out.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Total">How many the host has given up since its start.</param>
public sealed record FrameGivenUp(string Address, string Reason, long Total);

/// <summary>On the event stream: a message was set aside because it could not be applied.</summary>
/// <param name="Id">Its short name, see <see cref="ParkedId"/>.</param>
/// <param name="Receiver">The receiving entity.</param>
/// <param name="Sender">The sending entity.</param>
/// <param name="SequenceNr">Its number.</param>
/// <param name="Manifest">What it is.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Reason">Why it could not be applied.</param>
public sealed record PoisonParked(
    string Id, string Receiver, string Sender, long SequenceNr, string Manifest, int Attempts, string Reason);

/// <summary>On the event stream: an entity's handler runs for longer than it should; it cannot be ended from within its process.</summary>
/// <param name="EntityId">The entity.</param>
/// <param name="What">What it handles.</param>
/// <param name="For">For how long.</param>
public sealed record HandlerOverdue(string EntityId, string What, TimeSpan For);

/// <summary>Short names of parked messages, for operators.</summary>
public static class ParkedId
{
    private const int Bytes = 6;

    /// <summary>The first twelve digits of the SHA-256 over receiver, sender and number.</summary>
    public static string Of(string receiver, string sender, long sequenceNr)
    {
        byte[] key = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{receiver}\n{sender}\n{sequenceNr}"));
        return Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, Bytes));
    }
}

/// <summary>The answer to a command for an entity whose partition runs on another host: ask there.</summary>
/// <param name="entityId">The entity.</param>
/// <param name="partition">Its partition.</param>
/// <param name="owner">The writer id of the host that has it.</param>
public sealed class EntityElsewhereException(string entityId, int partition, string owner)
    : InvalidOperationException($"{entityId} is in partition {partition}, which runs on {owner}; send the command there")
{
    /// <summary>The entity.</summary>
    public string EntityId { get; } = entityId;

    /// <summary>Its partition.</summary>
    public int Partition { get; } = partition;

    /// <summary>The writer id of the host that has it.</summary>
    public string Owner { get; } = owner;
}

/// <summary>A message is larger than a frame may be; whoever decided it gets this, and nothing of the decision is kept.</summary>
/// <param name="receiver">To whom it should have gone.</param>
/// <param name="manifest">What it is.</param>
/// <param name="bytes">Its size.</param>
public sealed class FrameTooLargeException(string receiver, string manifest, int bytes)
    : InvalidOperationException(
        $"a message {manifest} to {receiver} has {bytes} bytes; at most {FrameCodec.MaximumPayloadBytes} are sent, larger data goes as an artefact")
{
    /// <summary>To whom it should have gone.</summary>
    public string Receiver { get; } = receiver;

    /// <summary>What it is.</summary>
    public string Manifest { get; } = manifest;

    /// <summary>Its size.</summary>
    public int Bytes { get; } = bytes;
}
