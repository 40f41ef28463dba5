using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>What a relay does with the next COMMIT that goes through it.</summary>
public enum RelayFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection ends before the COMMIT has reached the server.</summary>
    BeforeCommit,

    /// <summary>The COMMIT reaches the server, and its answer is lost with the connection.</summary>
    AfterCommit,
}

/// <summary>Stands between a client and a PostgreSQL server, and cuts their connection around a COMMIT.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private static readonly byte[] Commit = Encoding.ASCII.GetBytes("COMMIT\0");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<IPEndPoint> _server;
    private readonly Task _accepting;
    private volatile RelayFault _next;

    public TcpRelay(Func<IPEndPoint> server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Applies to one COMMIT, then it is <see cref="RelayFault.None"/> again.</summary>
    public RelayFault Next
    {
        get => _next;
        set => _next = value;
    }

    /// <summary>Whether connections are refused.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Runs when a COMMIT was answered whose answer will be lost.</summary>
    public Action OnCommitted { get; set; } = () => { };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                if (IsClosed)
                {
                    return;
                }

                IPEndPoint at = _server();
                await server.ConnectAsync(at.Address, at.Port, _end.Token);
                var state = new Connection();
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), state, fromClient: true),
                    PumpAsync(server.GetStream(), client.GetStream(), state, fromClient: false));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"relay: {e.Message}");
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Connection state, bool fromClient)
    {
        byte[] buffer = new byte[1 << 16];
        int length;
        while ((length = await from.ReadAsync(buffer, _end.Token)) > 0)
        {
            bool commits = fromClient && buffer.AsSpan(0, length).IndexOf(Commit) >= 0;
            if (commits && _next == RelayFault.BeforeCommit)
            {
                _next = RelayFault.None;
                return;
            }

            state.LosesAnswer |= commits && _next == RelayFault.AfterCommit;
            if (!fromClient && state.LosesAnswer)
            {
                _next = RelayFault.None;
                OnCommitted();
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _end.Token);
        }
    }

    private sealed class Connection
    {
        private volatile bool _losesAnswer;

        public bool LosesAnswer
        {
            get => _losesAnswer;
            set => _losesAnswer = value;
        }
    }
}
