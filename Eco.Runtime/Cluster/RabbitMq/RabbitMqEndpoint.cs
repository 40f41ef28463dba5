namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>Where a node of a RabbitMQ cluster listens.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">The AMQP port.</param>
public sealed record RabbitMqEndpoint(string Host, int Port)
{
    private const int DefaultPort = 5672;

    /// <summary>Reads <c>amqp://user@host:port/vhost</c>; user, port and virtual host may be missing.</summary>
    /// <param name="uri">The text of the seed configuration.</param>
    /// <param name="userName">The user, or null.</param>
    /// <param name="virtualHost">The virtual host, <c>/</c> where none is named.</param>
    /// <exception cref="FormatException">It is no such text, or it holds a password.</exception>
    public static RabbitMqEndpoint Parse(string uri, out string? userName, out string virtualHost)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) || parsed.Scheme != "amqp" || parsed.Host.Length == 0)
        {
            throw new FormatException("a broker is written as amqp://user@host:port/vhost; user, port and vhost may be left out");
        }

        if (parsed.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new FormatException($"the broker {parsed.Host} is written with a password; passwords come from a file or the environment");
        }

        userName = parsed.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(parsed.UserInfo);
        virtualHost = parsed.AbsolutePath.Length <= 1 ? "/" : Uri.UnescapeDataString(parsed.AbsolutePath[1..]);
        return new RabbitMqEndpoint(parsed.Host, parsed.IsDefaultPort || parsed.Port <= 0 ? DefaultPort : parsed.Port);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
