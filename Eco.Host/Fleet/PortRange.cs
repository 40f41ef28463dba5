using System.Net;
using System.Net.Sockets;

namespace Eco.Host.Fleet;

/// <summary>
/// Ports of this machine for what a fleet listens on: below the range that the system takes outgoing connections' ports from, so that none is
/// lost to a connection between choosing it and listening on it.
/// </summary>
internal sealed class PortRange
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private int _next;

    /// <summary>Begins at a place that depends on the folder, so that two fleets seldom look at the same ports.</summary>
    public PortRange(string folder)
    {
        uint hash = 2166136261;
        foreach (char letter in Path.GetFullPath(folder))
        {
            hash = (hash ^ letter) * 16777619;
        }

        _next = First + (int)(hash % (Last - First));
    }

    /// <summary>A port that nobody listens on now.</summary>
    public int Take()
    {
        for (int tries = First; tries < Last; tries++)
        {
            int port = _next;
            _next = _next + 1 < Last ? _next + 1 : First;
            if (IsFree(IPAddress.Loopback, port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no free port between {First} and {Last}");
    }

    /// <summary>Whether nobody listens on a port.</summary>
    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            // What is left of ended connections is no hindrance: the system's default for binding is to reuse such an address.
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
