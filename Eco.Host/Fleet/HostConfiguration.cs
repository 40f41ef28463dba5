using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Eco.Host.Fleet;

/// <summary>Writes the configuration files of a fleet's hosts.</summary>
/// <param name="Brokers">The broker nodes.</param>
/// <param name="Database">PostgreSQL.</param>
/// <param name="DataRoot">The folder that agents read data from.</param>
/// <param name="Settings">Settings of every host, as HOCON; go before those of this class.</param>
internal sealed record HostConfiguration(BrokerCluster Brokers, PostgresServer Database, string DataRoot, string Settings)
{
    /// <summary>A server's file.</summary>
    public string Server(HostNode host)
    {
        StringBuilder text = Head(host, "server");
        text.AppendLine("  server {");
        text.AppendLine(CultureInfo.InvariantCulture, $"    database = {Quote(Database.ConnectionString)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"    database-password-file = {Quote(Database.PasswordFile)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"    artifacts.listen = {Quote($"{host.Place.Address}:0")}");
        text.AppendLine("  }");
        return End(text);
    }

    /// <summary>The file of a process that holds agents.</summary>
    /// <param name="host">The process.</param>
    /// <param name="first">The number of its first agent, from 0 on.</param>
    /// <param name="several">Whether the fleet has more than one agent: the first is the cloud then.</param>
    public string Agents(HostNode host, int first, bool several)
    {
        StringBuilder text = Head(host, "agent");
        text.AppendLine(CultureInfo.InvariantCulture, $"  agent-defaults.data-root = {Quote(DataRoot)}");
        text.AppendLine("  agents = [");
        for (int i = 0; i < host.Agents.Length; i++)
        {
            int index = first + i;
            bool cloud = several && index == 0;

            // Its number among the edges, from 0 on, as the examples' selectors and options ask for it.
            string labels = cloud ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", labels {{ edge = \"{(several ? index - 1 : index)}\" }}");
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"    {{ id = {Quote(host.Agents[i])}, site = {Quote("site-" + host.Agents[i])}, role = {(cloud ? "cloud" : "edge")}{labels} }}");
        }

        text.AppendLine("  ]");
        return End(text);
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static string Quote(ImmutableArray<string> texts) => $"[{string.Join(", ", texts.Select(Quote))}]";

    // Each begins with another one, so that clients spread over the nodes.
    private ImmutableArray<string> EndpointsOf(HostNode host)
    {
        int first = host.Name[^1] % Brokers.Endpoints.Length;
        return [.. Brokers.Endpoints[first..], .. Brokers.Endpoints[..first]];
    }

    private StringBuilder Head(HostNode host, string role)
    {
        var text = new StringBuilder("# Made by 'eco up'; made again by each.\n");
        text.AppendLine("eco {");
        text.AppendLine("  log.level = \"information\"");
        text.AppendLine(CultureInfo.InvariantCulture, $"  brokers = {Quote(EndpointsOf(host))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  broker-password-file = {Quote(Brokers.PasswordFile)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  host {{ id = {Quote(host.Name)}, roles = [{Quote(role)}] }}");
        return text;
    }

    private string End(StringBuilder text) => text.AppendLine(Settings).AppendLine("}").ToString();
}
