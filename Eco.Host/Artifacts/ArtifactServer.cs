using System.Net;
using Eco.Runtime.Persistence.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Host.Artifacts;

/// <summary>The endpoint at which agents fetch and leave artefacts: <c>HEAD</c>, <c>GET</c> and <c>PUT /artefacts/{sha256}</c> (docs/wire-protocol.md, Artefacts).</summary>
public sealed class ArtifactServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ArtifactServer(WebApplication application, Uri endpoint)
    {
        _application = application;
        Endpoint = endpoint;
    }

    /// <summary>The address that agents are given.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="options">Where, and within which limits.</param>
    /// <param name="store">The server's artefacts.</param>
    /// <param name="logging">Where the log goes.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="FormatException">The address to listen on is none.</exception>
    /// <exception cref="IOException">The address is in use, or cannot be bound.</exception>
    public static async Task<ArtifactServer> StartAsync(ArtifactServerOptions options, IArtifactContent store, ILoggerFactory logging, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!IPEndPoint.TryParse(options.Listen, out IPEndPoint? listen))
        {
            throw new FormatException($"'{options.Listen}' is no address to listen on; write an IP address and a port, such as 127.0.0.1:7070 or [::]:7070");
        }

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // What the framework says of each request, or of a port that is taken, is for no operator; the handler and the exception say what matters.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options, listen));
        WebApplication application = builder.Build();
        application.Run(new ArtifactRequestHandler(options, store, logging.CreateLogger<ArtifactServer>()).HandleAsync);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ArtifactServer(application, EndpointOf(options, listen, new Uri(bound).Port));
    }

    /// <summary>Ends; transfers under way are cut off, and go on at another server or the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var atOnce = new CancellationTokenSource())
        {
            await atOnce.CancelAsync().ConfigureAwait(false);
            await _application.StopAsync(atOnce.Token).ConfigureAwait(false);
        }

        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static Uri EndpointOf(ArtifactServerOptions options, IPEndPoint listen, int port)
    {
        if (options.Advertise.Length > 0)
        {
            return new Uri(options.Advertise);
        }

        bool isWildcard = listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(Uri.UriSchemeHttp, isWildcard ? Dns.GetHostName() : listen.Address.ToString(), port).Uri;
    }

    private static void Limit(KestrelServerOptions kestrel, ArtifactServerOptions options, IPEndPoint listen)
    {
        kestrel.Listen(listen, at => at.Protocols = HttpProtocols.Http1);
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;

        // The handler looks at the length before it reads anything, and answers in its own words.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestBufferSize = 256 * 1024;
        limits.MaxResponseBufferSize = 256 * 1024;
        limits.MaxRequestLineSize = 1024;
        limits.MaxRequestHeadersTotalSize = 8 * 1024;
        limits.MaxRequestHeaderCount = 32;
        limits.RequestHeadersTimeout = options.Grace;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, options.Grace);
        limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, options.Grace);
    }
}
