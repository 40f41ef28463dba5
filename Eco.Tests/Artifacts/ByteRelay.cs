using System.Net;
using System.Net.Sockets;

namespace Eco.Tests.Artifacts;

/// <summary>A TCP relay in front of a server that harms what goes through it: cuts a connection after so many bytes, flips a bit, or lets nothing pass.</summary>
internal sealed class ByteRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _toServer;
    private long _toClient;

    public ByteRelay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The next connection ends after so many bytes in this direction; 0: not.</summary>
    public long CutAfterToServer { get; set; }

    public long CutAfterToClient { get; set; }

    /// <summary>The byte at this place on its way to the client is changed; -1: none.</summary>
    public long FlipToClient { get; set; } = -1;

    /// <summary>Whether bytes are taken and never passed on.</summary>
    public bool IsStuck { get; set; }

    public long BytesToServer => Interlocked.Read(ref _toServer);

    public long BytesToClient => Interlocked.Read(ref _toClient);

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_ends.Token);
                connections.Add(CarryAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using TcpClient here = client;
        using var there = new TcpClient();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_ends.Token);
        try
        {
            await there.ConnectAsync(IPAddress.Loopback, _target, _ends.Token);
            long cutToServer = CutAfterToServer;
            long cutToClient = CutAfterToClient;
            CutAfterToServer = CutAfterToClient = 0;
            Task up = PumpAsync(here.GetStream(), there.GetStream(), cutToServer, toClient: false, cut.Token);
            Task down = PumpAsync(there.GetStream(), here.GetStream(), cutToClient, toClient: true, cut.Token);
            if (await Task.WhenAny(up, down) == up && cutToServer > 0)
            {
                // An end, not a reset: what is on its way to the server still gets there, as over a cable that is pulled.
                here.Client.Shutdown(SocketShutdown.Both);
                there.Client.Shutdown(SocketShutdown.Send);
                await down;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end is gone: so is this one.
        }

        await cut.CancelAsync();
    }

    // A client that is gone must not end the way of a server's answers: closing on unread ones would reset what it still receives.
    private static async Task<bool> TryWriteAsync(NetworkStream to, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await to.WriteAsync(bytes, cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, long cutAfter, bool toClient, CancellationToken cancellation)
    {
        byte[] buffer = new byte[16 * 1024];
        long passed = 0;
        bool isGone = false;
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, cancellation)) > 0; passed += read)
            {
                if (toClient && FlipToClient >= passed && FlipToClient < passed + read)
                {
                    buffer[FlipToClient - passed] ^= 1;
                    FlipToClient = -1;
                }

                int count = cutAfter > 0 ? (int)Math.Min(read, cutAfter - passed) : read;
                if (!IsStuck && !isGone)
                {
                    isGone = !await TryWriteAsync(to, buffer.AsMemory(0, count), cancellation);
                }

                Interlocked.Add(ref toClient ? ref _toClient : ref _toServer, count);
                if (count < read)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut by one of the ends.
        }
    }
}
