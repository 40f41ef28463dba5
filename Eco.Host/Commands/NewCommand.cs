using System.CommandLine;
using Eco.Actors.Console;
using Eco.Host.Output;

namespace Eco.Host.Commands;

/// <summary>Writes a project that runs.</summary>
internal static class NewCommand
{
    /// <summary>Resource and file name of each part of a project.</summary>
    private static readonly (string Resource, string File)[] Parts =
    [
        ("new.eco.conf", "eco.conf"),
        ("new.ion.conf", "ion.conf"),
        ("new.README.md", "README.md"),
    ];

    public static Command Build(VerbBuilder builder)
    {
        var directory = new Argument<string>("directory") { HelpName = "DIR", Description = "A new or empty folder" };
        return builder.Verb(
            "new",
            "Writes a project that runs: a host with a server and four agents, and an ION",
            [directory],
            scope =>
            {
                string folder = scope.Required(directory);
                Write(folder);
                if (scope.Output.Format == OutputFormat.Text)
                {
                    foreach ((_, string file) in Parts)
                    {
                        scope.Output.Line(Path.Combine(folder, file));
                    }

                    scope.Output.Line();
                    scope.Output.Line($"next: cd {folder}, then eco host -c eco.conf, and in another shell eco ion submit ion.conf");
                }
                else
                {
                    scope.Output.Json(System.Text.Json.JsonSerializer.SerializeToElement(
                        [.. Parts.Select(part => Path.Combine(folder, part.File))], CommandJson.Default.StringArray));
                }

                return Task.FromResult(ExitCodes.Success);
            });
    }

    private static void Write(string folder)
    {
        try
        {
            if (File.Exists(folder))
            {
                throw new CommandException(ConsoleErrorCodes.Refused, $"'{folder}' is a file", "name a folder that does not exist or is empty");
            }

            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new CommandException(
                    ConsoleErrorCodes.Refused, $"the folder '{folder}' is not empty", "name another folder; nothing is ever overwritten");
            }

            Directory.CreateDirectory(folder);
            foreach ((string resource, string file) in Parts)
            {
                using Stream source = typeof(NewCommand).Assembly.GetManifestResourceStream(resource)
                    ?? throw new InvalidOperationException($"this build lacks {resource}");
                using var target = new FileStream(Path.Combine(folder, file), FileMode.CreateNew);
                source.CopyTo(target);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.Internal, $"the project cannot be written to '{folder}': {error.Message}", "name a folder that this user may write", error);
        }
    }
}
