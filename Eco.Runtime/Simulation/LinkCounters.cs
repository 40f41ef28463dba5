namespace Eco.Runtime.Simulation;

/// <summary>What has gone over one direction between two hosts.</summary>
/// <param name="From">The sending host.</param>
/// <param name="To">The receiving host.</param>
/// <param name="Frames">Frames that were handed to the network card.</param>
/// <param name="Bytes">Bytes of those frames.</param>
/// <param name="Delivered">Frames that arrived, second copies included.</param>
/// <param name="Dropped">Frames that did not arrive: lost, cut off, or refused by a full network card.</param>
/// <param name="Duplicated">Second copies that were made.</param>
/// <param name="Reordered">Frames that were held back.</param>
public sealed record LinkCounters(
    string From, string To, long Frames, long Bytes, long Delivered, long Dropped, long Duplicated, long Reordered);
