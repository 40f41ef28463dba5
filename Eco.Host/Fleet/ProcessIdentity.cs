using System.Globalization;

namespace Eco.Host.Fleet;

/// <summary>
/// A process that a later process can recognise: its id alone may have been given to another one meanwhile, its id and its start together not.
/// </summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTicks">When it started, in clock ticks since the machine booted (field 22 of <c>/proc/PID/stat</c>).</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks)
{
    private const int StateField = 0;
    private const int ParentField = 1;
    private const int StartField = 19;

    /// <summary>Whether it still runs; a paused process does, one that only waits for its parent to ask how it ended does not.</summary>
    public bool IsAlive => FieldsOf(Pid) is { } fields && fields[StateField] is not ("Z" or "X") && StartOf(fields) == StartTicks;

    /// <summary>The process that has an id now; null: none.</summary>
    public static ProcessIdentity? Of(int pid) => FieldsOf(pid) is { } fields ? new ProcessIdentity(pid, StartOf(fields)) : null;

    /// <summary>Reads what <see cref="Save"/> wrote; null if there is none or it is damaged.</summary>
    public static ProcessIdentity? Load(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        string[] parts = File.ReadAllText(file).Split(' ', StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
                ? new ProcessIdentity(pid, start)
                : null;
    }

    /// <summary>Leaves it in a file, all or nothing.</summary>
    public void Save(string file)
    {
        File.WriteAllText(file + ".tmp", string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTicks}\n"));
        File.Move(file + ".tmp", file, overwrite: true);
    }

    /// <summary>Its children, their children and so on, as they are now.</summary>
    public IReadOnlyList<ProcessIdentity> Descendants()
    {
        ILookup<int, ProcessIdentity> children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Fields: FieldsOf(pid)))
            .Where(entry => entry.Fields is not null)
            .ToLookup(
                entry => int.Parse(entry.Fields![ParentField], CultureInfo.InvariantCulture),
                entry => new ProcessIdentity(entry.Pid, StartOf(entry.Fields!)));
        var found = new List<ProcessIdentity> { this };
        for (int i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i].Pid]);
        }

        found.RemoveAt(0);
        return found;
    }

    private static long StartOf(string[] fields) => long.Parse(fields[StartField], CultureInfo.InvariantCulture);

    private static string[]? FieldsOf(int pid)
    {
        try
        {
            // The name, in brackets, may hold anything; the fields are counted from behind it.
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended, before the file was opened or while it was read.
            return null;
        }
    }
}
