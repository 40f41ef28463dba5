namespace Eco.Host.Fleet;

/// <summary>How far that has come which is awaited: a wait that knows it is given up when nothing has moved for its time, not after its time.</summary>
/// <param name="Reached">Grows with each step.</param>
/// <param name="Seen">The same in words, for the error.</param>
internal sealed record WaitProgress(Func<long> Reached, Func<string> Seen);
