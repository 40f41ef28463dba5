using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Eco.Host.ConsoleSocket;
using Eco.Host.Fleet;

namespace Eco.Host.Composition.EngineProcesses;

/// <summary>What an agent writes down of an engine process, so that its next start finds it again, and nothing else in its place.</summary>
/// <param name="InstanceId">Whose pipeline it has.</param>
/// <param name="RunId">Drawn for this process: in its environment, and what it answers when it is asked who it is.</param>
/// <param name="Pid">Its process id, which may be another process's by now.</param>
/// <param name="StartTicks">When it started, which no other process of that id has in common with it.</param>
/// <param name="Socket">Where it listens.</param>
internal sealed record EngineProcessRecord(string InstanceId, string RunId, int Pid, long StartTicks, string Socket)
{
    /// <summary>The environment's variable with the run id.</summary>
    public const string RunIdVariable = "ECO_ENGINE_RUN_ID";

    private const string Extension = ".json";
    private const string FallbackPrefix = "eco-engines-";

    /// <summary>The process itself.</summary>
    [JsonIgnore]
    public ProcessIdentity Identity => new(Pid, StartTicks);

    /// <summary>The run id in the environment of the process that has this id and start; null: it has none, or it is another user's.</summary>
    [JsonIgnore]
    public string? RunIdOfProcess
    {
        get
        {
            try
            {
                string environment = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}/environ"));
                return environment.Split('\0')
                    .FirstOrDefault(variable => variable.StartsWith(RunIdVariable + "=", StringComparison.Ordinal))?[(RunIdVariable.Length + 1)..];
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>All records of a folder, in ordinal order; one that cannot be read is removed: its process, if there is one, ends by itself.</summary>
    public static IReadOnlyList<EngineProcessRecord> LoadAll(string folder)
    {
        var records = new List<EngineProcessRecord>();
        if (!Directory.Exists(folder))
        {
            return records;
        }

        foreach (string file in Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            EngineProcessRecord? record;
            try
            {
                record = JsonSerializer.Deserialize(File.ReadAllBytes(file), EngineProcessJson.Default.EngineProcessRecord);
            }
            catch (JsonException)
            {
                // Written by hand or cut off: as good as none.
                record = null;
            }

            if (record is { InstanceId: not null, RunId: not null, Socket: not null })
            {
                records.Add(record);
            }
            else
            {
                File.Delete(file);
            }
        }

        return records;
    }

    /// <summary>Where a new process listens: in the folder, or where its path is too long for a socket, in one of its own that only its owner can enter.</summary>
    public static string SocketIn(string folder, string runId)
    {
        string path = Path.Combine(folder, runId + ".sock");
        return Encoding.UTF8.GetByteCount(path) <= ConsoleSocketPath.MaxBytes
            ? path
            : Path.Combine(Directory.CreateTempSubdirectory(FallbackPrefix).FullName, "sock");
    }

    /// <summary>Leaves it in a folder, all or nothing.</summary>
    public void Save(string folder)
    {
        string file = Path.Combine(folder, RunId + Extension);
        File.WriteAllBytes(file + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, EngineProcessJson.Default.EngineProcessRecord));
        File.Move(file + ".tmp", file, overwrite: true);
    }

    /// <summary>Removes it and its socket.</summary>
    public void Remove(string folder)
    {
        File.Delete(Path.Combine(folder, RunId + Extension));
        string? parent = Path.GetDirectoryName(Socket);
        if (!Directory.Exists(parent))
        {
            return;
        }

        File.Delete(Socket);
        if (Path.GetFileName(parent).StartsWith(FallbackPrefix, StringComparison.Ordinal) && !Directory.EnumerateFileSystemEntries(parent).Any())
        {
            Directory.Delete(parent);
        }
    }
}

/// <summary>The form of records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EngineProcessRecord))]
internal sealed partial class EngineProcessJson : JsonSerializerContext;
