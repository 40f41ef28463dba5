namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>Who a host is to the broker. The password never shows in a text.</summary>
/// <param name="userName">The user.</param>
/// <param name="password">Its password.</param>
public sealed class RabbitMqCredentials(string userName, string password)
{
    /// <summary>The user.</summary>
    public string UserName { get; } = userName;

    internal string Password { get; } = password;

    /// <inheritdoc/>
    public override string ToString() => $"{UserName}:***";
}
