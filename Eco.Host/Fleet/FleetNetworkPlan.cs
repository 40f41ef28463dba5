using System.Collections.Immutable;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Eco.Host.Fleet;

/// <summary>Names and addresses of a fleet's namespaces, as <c>network.json</c> keeps them.</summary>
/// <param name="Folder">The fleet's folder.</param>
/// <param name="Tag">Tells the fleets of one machine apart in names of at most 15 letters.</param>
/// <param name="Subnet">The first three bytes of every address, such as <c>10.80.7</c>.</param>
/// <param name="Members">A member's place in it decides its address.</param>
internal sealed record FleetNetworkPlan(string Folder, string Tag, string Subnet, ImmutableArray<string> Members)
{
    /// <summary>The name of each member's one interface inside its namespace.</summary>
    public const string Device = "eth0";

    private const int FirstAddress = 2;
    private const int MostMembers = 250;

    /// <summary>Where it is kept.</summary>
    public string File => FileOf(Folder);

    /// <summary>The bridge that connects the members.</summary>
    public string Bridge => $"e{Tag}br";

    /// <summary>The address that this machine itself has among the members.</summary>
    public string Gateway => $"{Subnet}.1";

    /// <summary>The plan that a folder has, with these members in it; or a new one.</summary>
    public static FleetNetworkPlan Open(string folder, IEnumerable<string> members)
    {
        folder = Path.GetFullPath(folder);
        FleetNetworkPlan plan = Load(folder) ?? New(folder);
        plan = plan with { Members = [.. plan.Members.Union(members, StringComparer.Ordinal)] };
        return plan.Members.Length <= MostMembers
            ? plan
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a fleet's network has at most {MostMembers} members"), nameof(members));
    }

    /// <summary>The plan that a folder has; null: none.</summary>
    public static FleetNetworkPlan? Load(string folder)
    {
        string file = FileOf(folder);
        return System.IO.File.Exists(file) ? JsonSerializer.Deserialize<FleetNetworkPlan>(System.IO.File.ReadAllText(file)) : null;
    }

    /// <summary>Keeps it, all or nothing.</summary>
    public void Save()
    {
        System.IO.File.WriteAllText(File + ".tmp", JsonSerializer.Serialize(this));
        System.IO.File.Move(File + ".tmp", File, overwrite: true);
    }

    /// <summary>A member's address.</summary>
    public string AddressOf(string member) => string.Create(CultureInfo.InvariantCulture, $"{Subnet}.{FirstAddress + IndexOf(member)}");

    /// <summary>A member's namespace.</summary>
    public string NamespaceOf(string member) => $"eco-{Tag}-{member}";

    /// <summary>The end of a member's link that is on the bridge.</summary>
    public string LinkOf(string member) => string.Create(CultureInfo.InvariantCulture, $"e{Tag}v{IndexOf(member)}");

    private static string FileOf(string folder) => Path.Combine(Path.GetFullPath(folder), "network.json");

    private static FleetNetworkPlan New(string folder)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(folder));
        HashSet<string> taken =
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(address => address.Address.ToString())
                .Select(address => address.LastIndexOf('.') is > 0 and int end ? address[..end] : address),
        ];
        for (int step = 0; ; step++)
        {
            int number = (BitConverter.ToUInt16(hash) + step) % (128 * 256);
            string subnet = string.Create(CultureInfo.InvariantCulture, $"10.{64 + (number / 256)}.{number % 256}");
            if (!taken.Contains(subnet))
            {
                return new FleetNetworkPlan(folder, Convert.ToHexStringLower(hash, 2, 3), subnet, []);
            }
        }
    }

    private int IndexOf(string member)
    {
        int index = Members.IndexOf(member, StringComparer.Ordinal);
        return index >= 0 ? index : throw new ArgumentException($"'{member}' is no member of this network", nameof(member));
    }
}
