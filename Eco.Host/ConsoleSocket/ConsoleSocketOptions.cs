namespace Eco.Host.ConsoleSocket;

/// <summary>The limits of the console's socket.</summary>
public sealed record ConsoleSocketOptions
{
    /// <summary>The longest request line, in bytes: 1 MiB.</summary>
    public int MaxRequestBytes { get; init; } = 1 << 20;

    /// <summary>The longest reply line, in bytes: 16 MiB. A longer reply is replaced by an error.</summary>
    public int MaxReplyBytes { get; init; } = 16 << 20;

    /// <summary>Clients at the same time; a further one is told so and closed.</summary>
    public int MaxClients { get; init; } = 64;

    /// <summary>Verbs of one client that are answered at the same time; a further one waits.</summary>
    public int MaxRequestsPerClient { get; init; } = 16;

    /// <summary>A client that does not take a reply for this long is closed.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a command waits for a reply.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When the host stops, verbs that are being answered have this long.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);
}
