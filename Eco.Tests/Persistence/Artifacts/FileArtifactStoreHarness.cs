using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using Eco.Tests.Persistence.Sqlite;

namespace Eco.Tests.Persistence.Artifacts;

/// <summary>Artefacts in a folder of their own.</summary>
public sealed class FileArtifactStoreHarness : StorageHarness<IArtifactStore>
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileArtifactStoreOptions _options;

    public FileArtifactStoreHarness(Func<FileArtifactStoreOptions, FileArtifactStoreOptions>? change = null)
    {
        _options = new FileArtifactStoreOptions { Folder = _folder.File("artifacts") };
        _options = change?.Invoke(_options) ?? _options;
        Store = FileArtifactStore.Open(_options);
    }

    public FileArtifactStore Store { get; private set; }

    public string Folder => _options.Folder;

    public override IArtifactStore Port => Store;

    public override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = FileArtifactStore.Open(_options);
    }

    public override Task WaitAsync(string what, Func<bool> condition, Func<string> lastObservation) =>
        Eventually.HoldsAsync(what, condition, lastObservation);

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
